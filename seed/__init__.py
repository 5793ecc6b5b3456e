"""What a new installation starts with (初始内容): the catalogue and a made-up district."""
