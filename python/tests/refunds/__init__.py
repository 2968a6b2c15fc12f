"""Money on its way back, over HTTP: refunds, late and double payments, disputes."""
