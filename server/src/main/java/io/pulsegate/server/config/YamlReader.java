package io.pulsegate.server.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/// Reads YAML and expands `${NAME}` and `${NAME:-default}` in its values; `$${` stands for `${`.
///
/// What is wrong goes to the problems; what can be read is read all the same.
final class YamlReader {
  private static final int DEPTH_MAX = 16;
  private static final Pattern VARIABLE =
      Pattern.compile("\\$(\\$?)\\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\\}");

  private final Map<String, String> environment;
  private final Consumer<Problem> problems;
  private final List<Problem> unset = new ArrayList<>();

  YamlReader(Map<String, String> environment, Consumer<Problem> problems) {
    this.environment = environment;
    this.problems = problems;
  }

  /// The document's top-level map; an empty one where the document is empty or no YAML.
  Yaml.Mapping read(String document) {
    try {
      var settings = LoadSettings.builder().setLabel("configuration").build();
      Optional<Node> root = new Compose(settings).composeString(document);
      if (root.isEmpty() || isNothing(root.get())) {
        return Yaml.Mapping.EMPTY;
      }
      if (convert(root.get(), 0) instanceof Yaml.Mapping mapping) {
        return mapping;
      }
      problems.accept(
          new Problem("line 1", "the file must hold keys and values, such as data: ./data"));
    } catch (MarkedYamlEngineException e) {
      String place = e.getProblemMark().map(mark -> "line " + (mark.getLine() + 1)).orElse("");
      problems.accept(new Problem(place, "is not YAML: " + e.getProblem()));
    } catch (YamlEngineException e) {
      problems.accept(new Problem("", "is not YAML: " + e.getMessage()));
    }
    return Yaml.Mapping.EMPTY;
  }

  /// The problems with variables that are not set: what else is wrong at their places comes of it.
  List<Problem> unset() {
    return unset;
  }

  private Yaml convert(Node node, int depth) {
    int line = line(node);
    if (depth > DEPTH_MAX || node.isRecursive()) {
      problems.accept(new Problem("line " + line, "is nested too deep"));
      return new Yaml.Scalar("", line);
    }
    return switch (node) {
      case ScalarNode scalar ->
          new Yaml.Scalar(
              isNothing(scalar) ? "" : expand(scalar.getValue(), line), scalar.isPlain(), line);
      case SequenceNode sequence -> {
        List<Yaml> items = new ArrayList<>();
        sequence.getValue().forEach(item -> items.add(convert(item, depth + 1)));
        yield new Yaml.Sequence(items, line);
      }
      case MappingNode mapping -> new Yaml.Mapping(entries(mapping, depth), line);
      default -> throw new IllegalStateException("no such YAML node: " + node.getNodeType());
    };
  }

  private Map<String, Yaml.Entry> entries(MappingNode mapping, int depth) {
    var entries = new LinkedHashMap<String, Yaml.Entry>();
    for (NodeTuple tuple : mapping.getValue()) {
      int line = line(tuple.getKeyNode());
      if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
        problems.accept(new Problem("line " + line, "a key must be a text"));
        continue;
      }
      var entry = new Yaml.Entry(convert(tuple.getValueNode(), depth + 1), line);
      Yaml.Entry before = entries.putIfAbsent(key.getValue(), entry);
      if (before != null) {
        problems.accept(
            new Problem(
                "line " + line,
                "%s stands here a second time, first at line %d"
                    .formatted(key.getValue(), before.line())));
      }
    }
    return entries;
  }

  private String expand(String text, int line) {
    return VARIABLE.matcher(text).replaceAll(match -> Matcher.quoteReplacement(value(match, line)));
  }

  private String value(java.util.regex.MatchResult match, int line) {
    if (!match.group(1).isEmpty()) {
      return match.group().substring(1);
    }
    String name = match.group(2);
    String value = environment.getOrDefault(name, "");
    if (!value.isEmpty()) {
      return value;
    }
    if (match.group(3) == null) {
      var problem =
          new Problem(
              "line " + line,
              "the environment variable %s is not set; set it, or write ${%s:-default}"
                  .formatted(name, name));
      unset.add(problem);
      problems.accept(problem);
      return "";
    }
    return match.group(3);
  }

  private static boolean isNothing(Node node) {
    return node.getTag().equals(Tag.NULL);
  }

  private static int line(Node node) {
    return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(1);
  }
}
