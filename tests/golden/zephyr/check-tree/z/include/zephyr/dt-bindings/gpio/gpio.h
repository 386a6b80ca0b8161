/* SPDX-License-Identifier: Apache-2.0 */
#define GPIO_ACTIVE_HIGH 0
#define GPIO_ACTIVE_LOW 1
