"""Who is asking.

- `tokens`     bearer tokens and what they open
- `clients` `client_credentials`   programs of an organisation, their secrets, and how they get a token
- `limits` `limiting`   who guesses codes and secrets waits
"""
