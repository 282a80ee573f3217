// SPDX-License-Identifier: GPL-2.0-only
//! Kernels and tools from the machine's package archive.
