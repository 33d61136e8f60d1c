"""The methods that M3-AGIQA is compared with: from pixels to predicted MOS, each with its published training."""
