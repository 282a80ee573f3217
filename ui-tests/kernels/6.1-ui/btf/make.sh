#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Makes the type information of the kernel and the modules beside this file, which is checked in;
# the kernel's own tool does the same (apt-get install gcc dwarves).
set -e
cd "$(dirname "$0")"
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
for name in kernel module virtio_net; do
    gcc -g -O1 -fno-inline -c $name.c -o "$folder/$name.o"
done
pahole -J "$folder/kernel.o"
for name in module virtio_net; do
    pahole -J --btf_base="$folder/kernel.o" "$folder/$name.o"
done
objcopy --dump-section .BTF=vmlinux "$folder/kernel.o"
objcopy --dump-section .BTF=ui_module "$folder/module.o"
objcopy --dump-section .BTF=virtio_net "$folder/virtio_net.o"
