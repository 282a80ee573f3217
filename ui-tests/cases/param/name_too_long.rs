// SPDX-License-Identifier: GPL-2.0-only
//! No file has a name of more than 255 bytes.
use klp_kernel::prelude::*;

#[param(mode = 0, name = "a_name_of_two_hundred_and_sixty_characters_a_name_of_two_hundred_and_sixty_characters_a_name_of_two_hundred_and_sixty_characters_a_name_of_two_hundred_and_sixty_characters_a_name_of_two_hundred_and_sixty_characters_a_name_of_two_hundred_and_sixty_characters_a_")]
static LONG: Param<bool> = Param::new(false);

fn main() {}
