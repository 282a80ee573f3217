// SPDX-License-Identifier: GPL-2.0-only
//! The list: a constant for each code, by the name of its message.

use super::Code;

/// One code and its explanation.
pub struct Entry {
    /// The code.
    pub code: Code,
    /// The name of its constant.
    pub name: &'static str,
    /// `explanations/KLPnnn.md`.
    pub(crate) text: &'static str,
}

macro_rules! codes {
    ($($number:literal $name:ident)*) => {
        $(
            #[doc = concat!("`KLP", $number, "`: `cargo klp explain` says more.")]
            pub const $name: Code = Code(number($number));
        )*

        /// All codes, by number.
        pub const ALL: &[Entry] = &[$(Entry {
            code: $name,
            name: stringify!($name),
            text: include_str!(concat!("../explanations/KLP", $number, ".md")),
        }),*];
    };
}

/// The number of three digits.
const fn number(digits: &str) -> u16 {
    let digits = digits.as_bytes();
    let (mut number, mut at) = (0, 0);
    while at < digits.len() {
        number = number * 10 + (digits[at] - b'0') as u16;
        at += 1;
    }
    number
}

codes! {
    "001" NO_KERNEL
    "002" NO_TYPES
    "003" NO_MODULE_TYPES
    "004" UNKNOWN_TYPE
    "005" ARGUMENT_SYNTAX
    "006" UNKNOWN_ARGUMENT
    "007" ARGUMENT_VALUE
    "008" WRONG_ITEM
    "009" NO_OBJECT
    "010" OBJECT_NAME
    "011" SYMBOL_NAME
    "012" NUMBER_RANGE
    "013" NO_REASON
    "014" NOT_CALLABLE
    "015" EXPORT_ARGUMENTS
    "016" KERNEL_BLOCK
    "017" KERNEL_ITEM
    "018" CALLBACK_SIGNATURE
    "019" PRE_PATCH_RESULT
    "020" NO_UNDO
    "021" MISPLACED_UNDO
    "022" UNDO_OF_POST_PATCH
    "023" UNDO_OF_PRE_PATCH
    "024" PRE_UNPATCH_UNDOES_NOTHING
    "025" POST_UNPATCH_UNDOES_NOTHING
    "026" UNDO_OF_OTHER_OBJECT
    "027" NO_LICENSE
    "028" UNKNOWN_LICENSE
    "029" NUL_IN_MODINFO
    "030" NO_INIT_OR_EXIT
    "031" PARAM_NAME
    "032" NO_PARAM_MODE
    "033" PARAM_MODE
    "034" MUTABLE_STATIC
    "035" PARAM_TYPE
    "036" WRITABLE_STRING
    "037" HANDLE_DECLARATION
    "038" SHADOW_TYPES
    "039" SHADOW_NAME
    "040" NO_STATE_ID
    "041" NO_STATE_VERSION
    "042" STATE_ID_ZERO
    "043" TYPE_DIFFERS
    "044" PARAMETER_COUNT
    "045" VARIADIC
    "046" NOT_COMPARABLE
    "047" TYPES_SYNTAX
    "048" STRUCT_OR_UNION
    "049" OLD_MACROS
    "050" OLD_KERNEL_CRATE
    "051" BOX_ALIGNMENT
    "052" SHADOW_ALIGNMENT
    "053" NOT_A_PARAM
    "054" UNREADABLE_TYPES
    "055" SHARED_VALUE
    "101" UNREADABLE_OBJECT
    "102" ODD_ALIGNMENT
    "103" WRONG_OBJECT
    "104" NO_PATCH
    "105" NO_CODE
    "106" EMPTY_PATCH
    "107" ONLY_IN_A_PATCH
    "108" EXPORT_OF_A_PATCH
    "109" EXPORT_IS_TAKEN
    "110" EXPORTED_TWICE
    "111" OTHER_ABI
    "112" DAMAGED_RECORD
    "113" CODE_ELSEWHERE
    "114" LONG_MODULE_NAME
    "115" PATCHES_ITSELF
    "116" UNKNOWN_OBJECT
    "117" UNKNOWN_SYMBOL
    "118" AMBIGUOUS_SYMBOL
    "119" SYMPOS_OUT_OF_RANGE
    "120" INIT_SYMBOL
    "121" NOT_A_FUNCTION
    "122" NOT_TRACEABLE
    "123" REPLACED_TWICE
    "124" SHADOW_DECLARED_TWICE
    "125" SHADOW_OF_TWO_TYPES
    "126" STATE_DECLARED_TWICE
    "127" OTHER_SIZE
    "128" ODD_KERNEL_SYMBOL
    "129" SYMBOL_OF_MODULE
    "130" NOT_IN_THE_IMAGE
    "131" UNANCHORABLE
    "132" NO_ANCHOR
    "133" NO_BUILD_ID
    "134" UNKNOWN_FLAG
    "135" NO_PATCH_PENDING
    "136" UNKNOWN_ORC
    "137" NOT_EXPORTED
    "138" GPL_ONLY
    "139" UNKNOWN_RELOCATION
    "140" UNUSABLE_CONSTANT
    "141" NO_LAYOUT
    "142" UNKNOWN_CONSTANT
    "143" ODD_CONSTANT
    "144" HUGE_LAYOUT
    "145" BAD_FRAME_INFO
    "146" ODD_THUNK_USE
    "147" NO_CRC
    "148" LONG_IMPORT
    "149" UNWRITABLE
    "150" NEVER_RETURNS
    "151" ON_EVERY_STACK
    "152" THREAD_LOOP
    "153" CLONED
    "154" CHANGED_BY_COMPILER
    "155" CALLBACK_WITHOUT_FUNCTIONS
    "156" FLOATING_POINT
    "157" LARGE_FRAME
    "158" KEY_OF_MODULE
    "159" REFUSED_SECTION
    "160" LONG_EXPORT
    "201" FILE
    "202" NOT_A_MODULE
    "203" NOT_A_PATCH
    "204" NOT_THE_CORE
    "205" OTHER_KERNEL
    "206" NOT_ROOT
    "207" LOADED
    "208" NO_CORE
    "209" NOT_ENABLED
    "210" OTHER_MODULE
    "211" NOT_ON_TOP
    "212" STUCK
    "213" STILL_THERE
    "214" DISABLED
    "215" IN_TRANSITION
    "216" IN_USE
    "217" TAKEN_NAME
    "218" REFUSED_FORM
    "219" REFUSED_PATCH
    "220" MISSING_SYMBOL
    "221" NOT_PERMITTED
    "222" UNSIGNED
    "223" REFUSED
    "224" INCOMPATIBLE_STATES
    "225" UNRESOLVED_SYMBOL
    "226" CALLBACK_REFUSED
    "227" FUNCTION_IS_TAKEN
    "228" NO_MEMORY
    "229" OTHER_BUILD_OF_MODULE
    "230" NOT_READY
    "231" OTHER_VERMAGIC
    "232" OTHER_BUILD_OF_KERNEL
    "233" NO_LIVEPATCH
    "234" NOT_KLPS_CORE
    "235" FUNCTION_OF_OTHER_CORE
    "236" POST_HANDLER
    "237" REDIRECTED
    "238" DIRECT_TRAMPOLINE
    "239" MODULES_DISABLED
    "240" NO_SIGNATURE
    "241" LITTLE_MEMORY
    "242" OTHER_ABI_OF_CORE
    "301" MODULE_NOT_KNOWN
    "302" OTHER_POSITION
    "303" OTHER_PROTOTYPE
    "304" NO_SUCH_TYPE
    "305" OTHER_STRUCT_SIZE
    "306" OTHER_MEMBER_TYPE
}
