name = 'x'
