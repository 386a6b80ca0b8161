#define B 7
