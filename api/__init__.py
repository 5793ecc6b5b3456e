"""How people and machines reach the product (入口): commands, JSON, pages."""
