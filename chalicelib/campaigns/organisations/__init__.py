"""Organisations: what they are, who belongs to them, and who may do what.

- `model`        an organisation, and a person's standing in it: what each becomes, decided without any store
- `invitation`   the same of an invitation and its code
- `access`       the permission matrix, and the one use-case that enforces it
- `creating`     an organisation, or a child of one
- `keeping`      reading, editing, deleting; what a person is a member of
- `roles`        how a role is given and taken, so that an admin always stays
- `members`      the members of an organisation
- `invitations`  from the code to the member
- `ports`        what all of these need from outside
"""
