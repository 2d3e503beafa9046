//! The reference implementation's cases, put to the program in this process, where the folder with them lies beside the
//! repository. `TRIBUTARY_SHOW_CASES=1` prints those that do not come out right.

mod cases;
mod execution;
mod schemas;
mod syntax;
mod validation;
mod words;
