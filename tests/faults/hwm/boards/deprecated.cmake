# SPDX-License-Identifier: Apache-2.0
set(plank_old_DEPRECATED plank/s1)
set(duo_old_DEPRECATED duo/dual/app)
