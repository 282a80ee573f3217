// SPDX-License-Identifier: GPL-2.0-only
//! Definitions of the kernel's types to Rust items, with assertions that rustc laid them out as the
//! kernel's compiler did.

mod members;
mod record;
mod relied_on;

use crate::check::types::{Constant, Defined, Definition, Enumeration, Opaque};
use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

pub fn types(defined: &Defined) -> TokenStream {
    let items = defined.listed.iter().chain(&defined.needed);
    let items = items.map(|definition| match definition {
        Definition::Record(record) => record::record(record),
        Definition::Opaque(opaque) => self::opaque(opaque),
        Definition::Enumeration(enumeration) => self::enumeration(enumeration),
        Definition::Constant(constant) => self::constant(constant),
    });
    let relied_on = defined.listed.iter();
    let relied_on = relied_on.map(|definition| relied_on::record(&defined.object, definition));
    items.chain(relied_on).collect()
}

fn opaque(model: &Opaque) -> TokenStream {
    let Opaque {
        attributes,
        ident,
        in_c,
        size,
        align,
        copied,
    } = model;
    let doc = format!("`{in_c}`, {size} bytes: none of its members were asked for.");
    let (alignment, layout) = (alignment(*align), asserted(ident, *size, *align));
    let (copying, zeroable) = (copying(*copied), zeroable(ident));
    let passed = passed(ident, quote!(Record));
    quote! {
        #[doc = #doc]
        #(#attributes)*
        #[repr(C)]
        #copying
        #[allow(non_camel_case_types, dead_code)]
        pub struct #ident {
            align: [#alignment; 0],
            bytes: [::core::mem::MaybeUninit<u8>; #size],
        }
        #layout
        #passed
        #zeroable
    }
}

fn enumeration(model: &Enumeration) -> TokenStream {
    let Enumeration {
        attributes,
        ident,
        integer,
        signed,
        enumerators,
    } = model;
    let doc = format!("`enum {ident}`; the kernel may use values without a name.");
    let names = enumerators.iter().map(|(name, _)| name);
    let values = enumerators
        .iter()
        .map(|(_, value)| Literal::i128_unsuffixed(*value));
    let passed = passed(
        ident,
        if *signed {
            quote!(Signed)
        } else {
            quote!(Unsigned)
        },
    );
    quote! {
        #[doc = #doc]
        #(#attributes)*
        #[repr(transparent)]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[allow(non_camel_case_types, dead_code)]
        pub struct #ident(pub #integer);

        #[allow(non_upper_case_globals, dead_code, missing_docs)]
        impl #ident {
            #(pub const #names: Self = Self(#values);)*
        }
        #passed
    }
}

fn constant(model: &Constant) -> TokenStream {
    let Constant {
        attributes,
        ident,
        ty,
        value,
    } = model;
    let mut value = Literal::i64_unsuffixed(*value);
    // What does not fit its type is an error there.
    value.set_span(ident.span());
    let doc = format!("The kernel's `{ident}`.");
    quote! {
        #[doc = #doc]
        #(#attributes)*
        #[allow(non_upper_case_globals, dead_code)]
        pub const #ident: #ty = #value;
    }
}

/// An integer of this alignment.
fn alignment(align: usize) -> TokenStream {
    match align {
        2 => quote!(u16),
        4 => quote!(u32),
        8 => quote!(u64),
        16 => quote!(u128),
        _ => quote!(u8),
    }
}

/// That rustc agrees.
fn asserted(ident: &Ident, size: usize, align: usize) -> TokenStream {
    quote! {
        const _: () = {
            assert!(::core::mem::size_of::<#ident>() == #size);
            assert!(::core::mem::align_of::<#ident>() == #align);
        };
    }
}

/// What lets values of a type be copied.
fn copying(copied: bool) -> Option<TokenStream> {
    copied.then(|| quote!(#[derive(Clone, Copy)]))
}

fn zeroable(ident: &Ident) -> TokenStream {
    quote! {
        // SAFETY: integers, pointers, atomics, and bytes that mean nothing may all be zero.
        unsafe impl ::klp_kernel::__private::Zeroable for #ident {}
    }
}

fn passed(ident: &Ident, passed: TokenStream) -> TokenStream {
    quote! {
        // SAFETY: size and members are those that the kernel's type information gives.
        unsafe impl ::klp_kernel::__private::KernelType for #ident {
            const PASSED: ::klp_kernel::__private::Passed = ::klp_kernel::__private::Passed::#passed;
        }
    }
}
