"""The wire adapter: the few cloud calls of the HTTP functions, over one keep-alive connection a service and without boto3.

| module | promise |
|---|---|
| `clients` | clients of DynamoDB, S3 and SQS, with the call names, arguments and replies of boto3's low-level clients |
| `json_calls`, `objects` | the two protocols: JSON and REST |
| `calling` | signs, sends, retries, and believes the service's clock more than ours |
| `retries` | what is worth another try, when, and when no more |
| `connections` | connections that are kept, and what a broken one means |
| `signing` | AWS Signature Version 4 |
| `credentials` | who we are, refreshed before it expires |

Every call that may be carried out twice is conditional or idempotent by its key: a lost reply is a reason to try again.
Failures are those of `chalicelib.storage.failures`.
"""
