"""The charter and the terms of use: versions, who accepted which, and the rules that the charter holds."""
