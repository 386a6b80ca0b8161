#define LAST 1
