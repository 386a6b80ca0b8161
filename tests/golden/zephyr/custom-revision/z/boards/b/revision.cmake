# decides
