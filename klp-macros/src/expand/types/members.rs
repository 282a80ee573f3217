// SPDX-License-Identifier: GPL-2.0-only
//! A function for each member: its address, or a bit field's value.

use crate::check::types::{BitValue, Member, Place, Record};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::ext::IdentExt;

pub fn methods(model: &Record) -> TokenStream {
    let ident = &model.ident;
    let methods = model.members.iter().map(|member| match member.place {
        Place::Field { offset, .. } | Place::Shared { offset } => address(member, offset),
        Place::Bits {
            offset,
            width,
            value,
        } => bits(member, (offset, width), value),
    });
    quote! {
        #[allow(non_snake_case, dead_code)]
        impl #ident { #(#methods)* }
    }
}

fn address(member: &Member, offset: usize) -> TokenStream {
    let Member {
        ident, in_c, ty, ..
    } = member;
    let doc = format!("Address of `{}`, `{in_c}`, at {offset}.", ident.unraw());
    quote! {
        #[doc = #doc]
        pub const fn #ident(this: *const Self) -> *mut #ty {
            this.cast::<u8>().wrapping_add(#offset).cast::<#ty>().cast_mut()
        }
    }
}

fn bits(member: &Member, (offset, width): (usize, u32), value: BitValue) -> TokenStream {
    let Member { ident, in_c, .. } = member;
    let name = ident.unraw();
    let set = format_ident!("set_{name}", span = ident.span());
    let doc = format!("Value of `{in_c} {name}:{width}`.");
    let set_doc = format!(
        "Sets `{in_c} {name}:{width}`, which is not atomic: bits beside it are written back."
    );
    let raw = quote! {
        // SAFETY: the caller vouches for `this`, and these bits are a member of it.
        let bits = unsafe { ::klp_kernel::__private::bits(this.cast(), #offset, #width) };
    };
    let (ty, result) = match value {
        BitValue::Bool => (quote!(bool), quote!(bits != 0)),
        BitValue::Signed => {
            let unused = 64 - width;
            let extended = quote!((bits.cast_signed() << #unused) >> #unused);
            (quote!(i64), extended)
        }
        BitValue::Unsigned => (quote!(u64), quote!(bits)),
    };
    let value = match value {
        BitValue::Signed => quote!(value.cast_unsigned()),
        _ => quote!(u64::from(value)),
    };
    quote! {
        #[doc = #doc]
        ///
        /// # Safety
        /// `this` must point to a value that can be read.
        pub unsafe fn #ident(this: *const Self) -> #ty {
            #raw
            #result
        }

        #[doc = #set_doc]
        ///
        /// # Safety
        /// `this` must point to a value that can be written, and nobody else write it meanwhile.
        pub unsafe fn #set(this: *mut Self, value: #ty) {
            // SAFETY: the caller vouches for `this`, and these bits are a member of it.
            unsafe { ::klp_kernel::__private::set_bits(this.cast(), #offset, #width, #value) }
        }
    }
}
