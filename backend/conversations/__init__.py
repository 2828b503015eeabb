"""The conversation: one pure decision per message, worded and stored in one transaction.

It lives here and not in ``bot``: the transcript must be in the database anyway, a turn is then one
transaction (state, ticket, clocks, replies), and no channel can drift from another.
"""
