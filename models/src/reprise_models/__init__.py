"""Trains the networks of Reprise and exports them to ONNX."""
