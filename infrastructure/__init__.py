"""What Palier runs on: the cloud resources (`resources.json`), their reader, the package that is deployed, and the local stack."""
