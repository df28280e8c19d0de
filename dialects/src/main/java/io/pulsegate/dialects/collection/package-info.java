/// Collection API: `POST /collect` with one event or a batch, attributed by the domain in `siteId`.
@NullMarked
package io.pulsegate.dialects.collection;

import org.jspecify.annotations.NullMarked;
