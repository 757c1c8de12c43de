"""Training of Reprise's networks and their export to ONNX."""
