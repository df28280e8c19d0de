package io.pulsegate.testkit.kafka;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// The configuration of one node. It looks twice a second for records past their topic's retention
/// (a broker in use does every five minutes): a sink that makes records look old loses them in
/// every test, not in the one that happens to run when the broker looks.
final class NodeProperties {
  /// Only for a single node: with several, the followers of the quorum must be let in before
  /// anybody has read the access rules that would let them in, and the cluster never starts.
  private static final String ACCESS_RULES =
      """
      authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
      allow.everyone.if.no.acl.found=true
      """;

  private NodeProperties() {}

  static String text(int node, List<Ports> cluster, String folder, Certificate certificate) {
    Ports ports = cluster.get(node);
    String voters =
        IntStream.range(0, cluster.size())
            .mapToObj(i -> i + "@127.0.0.1:" + cluster.get(i).controller())
            .collect(Collectors.joining(","));
    int replicas = Math.min(cluster.size(), 3);
    String accessRules = cluster.size() == 1 ? ACCESS_RULES : "";
    return accessRules
        + """
        process.roles=broker,controller
        node.id=%d
        controller.quorum.voters=%s
        controller.listener.names=CONTROLLER
        inter.broker.listener.name=DIRECT
        listeners=CONTROLLER://127.0.0.1:%d,DIRECT://127.0.0.1:%d,LINKED://127.0.0.1:%d,SASL://127.0.0.1:%d,TLS://127.0.0.1:%d
        advertised.listeners=DIRECT://127.0.0.1:%d,LINKED://127.0.0.1:%d,SASL://127.0.0.1:%d,TLS://127.0.0.1:%d
        listener.security.protocol.map=CONTROLLER:PLAINTEXT,DIRECT:PLAINTEXT,LINKED:PLAINTEXT,SASL:SASL_PLAINTEXT,TLS:SASL_SSL
        listener.name.sasl.sasl.enabled.mechanisms=PLAIN
        listener.name.sasl.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required user_pulse="secret";
        listener.name.tls.sasl.enabled.mechanisms=PLAIN
        listener.name.tls.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required user_pulse="secret";
        listener.name.tls.ssl.keystore.type=PKCS12
        listener.name.tls.ssl.keystore.location=%s
        listener.name.tls.ssl.keystore.password=%s
        listener.name.tls.ssl.key.password=%s
        log.dirs=%s
        auto.create.topics.enable=false
        num.partitions=1
        default.replication.factor=%d
        min.insync.replicas=%d
        offsets.topic.num.partitions=1
        offsets.topic.replication.factor=%d
        transaction.state.log.num.partitions=1
        transaction.state.log.replication.factor=%d
        transaction.state.log.min.isr=1
        share.coordinator.state.topic.num.partitions=1
        share.coordinator.state.topic.replication.factor=%d
        share.coordinator.state.topic.min.isr=1
        group.initial.rebalance.delay.ms=0
        broker.session.timeout.ms=4000
        broker.heartbeat.interval.ms=500
        controlled.shutdown.enable=false
        log.cleaner.dedupe.buffer.size=2097152
        log.initial.task.delay.ms=500
        log.retention.check.interval.ms=500
        num.network.threads=2
        num.io.threads=2
        """
            .formatted(
                node,
                voters,
                ports.controller(),
                ports.direct(),
                ports.linked(),
                ports.sasl(),
                ports.tls(),
                ports.direct(),
                ports.link(),
                ports.sasl(),
                ports.tls(),
                certificate.keyStore(),
                Certificate.PASSWORD,
                Certificate.PASSWORD,
                folder,
                replicas,
                Math.max(1, replicas - 1),
                replicas,
                replicas,
                replicas);
  }
}
