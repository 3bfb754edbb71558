"""Adapters: DynamoDB, SQS and S3 behind the ports of the domain. `keys` holds every key and the access patterns."""
