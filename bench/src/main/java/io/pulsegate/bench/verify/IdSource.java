package io.pulsegate.bench.verify;

import java.io.IOException;
import java.sql.SQLException;

/// Where ids are read from: a record of acknowledgements, a table, dead letters.
interface IdSource {
  /// Is told each id, as the text that stands there.
  interface Visitor {
    void visit(String id);
  }

  /// Tells every id, as often as it stands there.
  void forEach(Visitor visitor) throws IOException, SQLException;
}
