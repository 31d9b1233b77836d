"""The charter, the terms of use and own pages: versions, who accepted which, the rules that the charter holds."""
