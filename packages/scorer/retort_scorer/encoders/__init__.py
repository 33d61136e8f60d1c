"""What turns images and image prompts into features, a file each."""
