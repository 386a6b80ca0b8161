fs = require 'fs'
module.exports =
	name: 'x'
	yocto:
		machine: 'plank'
		deployArtifact: 'x'
