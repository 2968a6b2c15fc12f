"""Messages to guests, owners and staff: written from templates, sent by mail and by a messaging provider."""
