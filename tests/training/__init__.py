"""Fits the models of our own that the pipeline carries; needs PyTorch, which the product itself does not."""
