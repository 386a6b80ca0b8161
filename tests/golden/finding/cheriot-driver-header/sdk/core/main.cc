#ifdef IBEX
#endif
/* REOTHER OTHERS */
