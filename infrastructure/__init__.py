"""What Palier runs on: the cloud resources (`resources.json`), their reader, and the local stack."""
