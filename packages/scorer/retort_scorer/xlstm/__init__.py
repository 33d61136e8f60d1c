"""xLSTM (Beck et al. 2024, arXiv 2405.04517): cells, blocks and stack, a file each."""
