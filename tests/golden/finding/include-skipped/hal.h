#define HAL_PIN(a, b) (a * 16 + b)
