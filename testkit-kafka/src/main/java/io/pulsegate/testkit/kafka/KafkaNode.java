package io.pulsegate.testkit.kafka;

import java.io.IOException;
import java.io.UncheckedIOException;
import kafka.Kafka;
import kafka.tools.StorageTool;

/// The process of one node, broker and controller in one: formats its folder at the first start,
/// and ends with the process that started it.
final class KafkaNode {
  private KafkaNode() {}

  /// @param args cluster id and properties file
  public static void main(String[] args) {
    Thread.ofPlatform().daemon().name("parent").start(KafkaNode::endWithParent);
    String[] format = {"format", "-t", args[0], "-c", args[1], "--ignore-formatted"};
    if (StorageTool.execute(format, System.out) != 0) {
      Runtime.getRuntime().halt(1);
    }
    Kafka.main(new String[] {args[1]});
  }

  /// The parent never writes: its end of the pipe closes when it ends, however it does.
  private static void endWithParent() {
    try {
      int _ = System.in.read();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      Runtime.getRuntime().halt(0);
    }
  }
}
