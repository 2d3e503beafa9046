//! The files of the built page. `tests/graphiql.sh --write` writes this file and what it embeds; it is not edited.

use super::asset::{Asset, Keeping};

/// The page itself.
#[rustfmt::skip]
pub(super) static PAGE: Asset =
    Asset { name: "index.html", content_type: "text/html; charset=utf-8", keeping: Keeping::WhileUnchanged("W/\"7f108aa954cb29cb\""), gzip: include_bytes!("built/index.html.gz") };

/// Everything that it loads, each below `/graphiql/`.
#[rustfmt::skip]
pub(super) static ASSETS: [Asset; 30] = [
    Asset { name: "codicon-DCmgc-ay.ttf", content_type: "font/ttf", keeping: Keeping::ForEver, gzip: include_bytes!("built/codicon-DCmgc-ay.ttf.gz") },
    Asset { name: "editor-DnOY8KQw.css", content_type: "text/css; charset=utf-8", keeping: Keeping::ForEver, gzip: include_bytes!("built/editor-DnOY8KQw.css.gz") },
    Asset { name: "editor.api-CgOm7PX7.js", content_type: "text/javascript; charset=utf-8", keeping: Keeping::ForEver, gzip: include_bytes!("built/editor.api-CgOm7PX7.js.gz") },
    Asset { name: "editor.worker-DEFT_Yb2.js", content_type: "text/javascript; charset=utf-8", keeping: Keeping::ForEver, gzip: include_bytes!("built/editor.worker-DEFT_Yb2.js.gz") },
    Asset { name: "graphql-C-NPTnpk.js", content_type: "text/javascript; charset=utf-8", keeping: Keeping::ForEver, gzip: include_bytes!("built/graphql-C-NPTnpk.js.gz") },
    Asset { name: "graphql-CNP3xU9i.js", content_type: "text/javascript; charset=utf-8", keeping: Keeping::ForEver, gzip: include_bytes!("built/graphql-CNP3xU9i.js.gz") },
    Asset { name: "graphql-fmXr3nnJ.js", content_type: "text/javascript; charset=utf-8", keeping: Keeping::ForEver, gzip: include_bytes!("built/graphql-fmXr3nnJ.js.gz") },
    Asset { name: "graphql.worker-BcGFr7jq.js", content_type: "text/javascript; charset=utf-8", keeping: Keeping::ForEver, gzip: include_bytes!("built/graphql.worker-BcGFr7jq.js.gz") },
    Asset { name: "graphqlMode-BlzvfWLq.js", content_type: "text/javascript; charset=utf-8", keeping: Keeping::ForEver, gzip: include_bytes!("built/graphqlMode-BlzvfWLq.js.gz") },
    Asset { name: "icon-DCTRQDmj.svg", content_type: "image/svg+xml", keeping: Keeping::ForEver, gzip: include_bytes!("built/icon-DCTRQDmj.svg.gz") },
    Asset { name: "index-DMIDe0Vj.css", content_type: "text/css; charset=utf-8", keeping: Keeping::ForEver, gzip: include_bytes!("built/index-DMIDe0Vj.css.gz") },
    Asset { name: "index-JmsbdBn1.js", content_type: "text/javascript; charset=utf-8", keeping: Keeping::ForEver, gzip: include_bytes!("built/index-JmsbdBn1.js.gz") },
    Asset { name: "json.worker-ky6CAS4V.js", content_type: "text/javascript; charset=utf-8", keeping: Keeping::ForEver, gzip: include_bytes!("built/json.worker-ky6CAS4V.js.gz") },
    Asset { name: "jsonMode-BNcIacmT.js", content_type: "text/javascript; charset=utf-8", keeping: Keeping::ForEver, gzip: include_bytes!("built/jsonMode-BNcIacmT.js.gz") },
    Asset { name: "licences.txt", content_type: "text/plain; charset=utf-8", keeping: Keeping::WhileUnchanged("W/\"30171259b4506e6e\""), gzip: include_bytes!("built/licences.txt.gz") },
    Asset { name: "lite-CqkkMc0w.js", content_type: "text/javascript; charset=utf-8", keeping: Keeping::ForEver, gzip: include_bytes!("built/lite-CqkkMc0w.js.gz") },
    Asset { name: "main-B2Ij0-ob.js", content_type: "text/javascript; charset=utf-8", keeping: Keeping::ForEver, gzip: include_bytes!("built/main-B2Ij0-ob.js.gz") },
    Asset { name: "monaco-editor-2uKXQ17c.js", content_type: "text/javascript; charset=utf-8", keeping: Keeping::ForEver, gzip: include_bytes!("built/monaco-editor-2uKXQ17c.js.gz") },
    Asset { name: "monaco-editor-CCNBZRG3.js", content_type: "text/javascript; charset=utf-8", keeping: Keeping::ForEver, gzip: include_bytes!("built/monaco-editor-CCNBZRG3.js.gz") },
    Asset { name: "monaco-editor-zMOSR9JW.css", content_type: "text/css; charset=utf-8", keeping: Keeping::ForEver, gzip: include_bytes!("built/monaco-editor-zMOSR9JW.css.gz") },
    Asset { name: "monaco.contribution-B08dIG5c.js", content_type: "text/javascript; charset=utf-8", keeping: Keeping::ForEver, gzip: include_bytes!("built/monaco.contribution-B08dIG5c.js.gz") },
    Asset { name: "monaco.contribution-CCKgy-Ez.js", content_type: "text/javascript; charset=utf-8", keeping: Keeping::ForEver, gzip: include_bytes!("built/monaco.contribution-CCKgy-Ez.js.gz") },
    Asset { name: "mouseTarget-BM9aTScs.js", content_type: "text/javascript; charset=utf-8", keeping: Keeping::ForEver, gzip: include_bytes!("built/mouseTarget-BM9aTScs.js.gz") },
    Asset { name: "mouseTarget-CR1tDZx4.js", content_type: "text/javascript; charset=utf-8", keeping: Keeping::ForEver, gzip: include_bytes!("built/mouseTarget-CR1tDZx4.js.gz") },
    Asset { name: "preload-helper-C7cijFoe.js", content_type: "text/javascript; charset=utf-8", keeping: Keeping::ForEver, gzip: include_bytes!("built/preload-helper-C7cijFoe.js.gz") },
    Asset { name: "prettier-json-BEZ_tETb.js", content_type: "text/javascript; charset=utf-8", keeping: Keeping::ForEver, gzip: include_bytes!("built/prettier-json-BEZ_tETb.js.gz") },
    Asset { name: "standalone-CttwqOis.js", content_type: "text/javascript; charset=utf-8", keeping: Keeping::ForEver, gzip: include_bytes!("built/standalone-CttwqOis.js.gz") },
    Asset { name: "standalone-xT3AvgE2.js", content_type: "text/javascript; charset=utf-8", keeping: Keeping::ForEver, gzip: include_bytes!("built/standalone-xT3AvgE2.js.gz") },
    Asset { name: "types-BjKgE1Ro.js", content_type: "text/javascript; charset=utf-8", keeping: Keeping::ForEver, gzip: include_bytes!("built/types-BjKgE1Ro.js.gz") },
    Asset { name: "utils-wYBaOsoO.js", content_type: "text/javascript; charset=utf-8", keeping: Keeping::ForEver, gzip: include_bytes!("built/utils-wYBaOsoO.js.gz") },
];
