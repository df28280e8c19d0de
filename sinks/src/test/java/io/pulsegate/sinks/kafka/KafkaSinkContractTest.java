package io.pulsegate.sinks.kafka;

import io.pulsegate.api.Sink;
import io.pulsegate.testkit.Arrival;
import io.pulsegate.testkit.Events;
import io.pulsegate.testkit.PlainSinkContract;
import io.pulsegate.testkit.Promise;
import io.pulsegate.testkit.Seeds;
import io.pulsegate.testkit.kafka.TestKafka;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AccessControlEntryFilter;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourcePatternFilter;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/// A topic of one tenant, which the broker can refuse, and one for all the others.
class KafkaSinkContractTest extends PlainSinkContract {
  private static final Map<String, String> TOPIC = Map.of("max.message.bytes", "200000");
  private static int tests;

  private final TestKafka kafka = TestKafka.shared();
  private final String prefix = "contract-" + ++tests + "-";

  /// Topics the tenants of the contract go into.
  private final List<String> topics =
      List.of("a", "b", "two", "tenant.one", "giant", "first", "t1", "t2", REFUSED_TENANT).stream()
          .map(tenant -> prefix + tenant)
          .toList();

  @BeforeEach
  void makeTopics() {
    kafka.createTopics(topics, 3, TOPIC);
  }

  @AfterEach
  void mend() {
    kafka.mend();
  }

  @Override
  protected Set<Promise> notPromised() {
    return Set.of(Promise.LANE_ORDER, Promise.SAME_BATCH_ONCE, Promise.ONCE_AFTER_CRASH);
  }

  @Override
  protected Sink newSink() {
    return KafkaFixture.sink(kafka.linkedServers(), Map.of("topic", prefix + "{tenant}"));
  }

  @Override
  protected List<Arrival> arrived() {
    List<Arrival> arrivals = new ArrayList<>();
    kafka.records(topics).forEach(record -> arrivals.add(KafkaFixture.arrival(record)));
    return arrivals;
  }

  @Override
  protected void takeDown() {
    kafka.cut();
  }

  @Override
  protected void bringBack() {
    kafka.mend();
  }

  @Override
  protected void stall() {
    kafka.stall();
  }

  @Override
  protected void resume() {
    kafka.mend();
  }

  /// Too large for the topic, however it is compressed.
  @Override
  protected void addPoison(Events events, String id) {
    byte[] noise = new byte[300_000];
    Seeds.random(id.hashCode()).nextBytes(noise);
    events.add(id, "t", "{\"v\":\"" + HexFormat.of().formatHex(noise) + "\"}");
  }

  @Override
  protected void refuseTenant() {
    try (Admin admin = kafka.admin()) {
      TestKafka.get(admin.createAcls(acls()).all());
      TestKafka.awaitThat(() -> admin.describeAcls(ofTopic()).values().get().size() == 2);
    }
  }

  @Override
  protected void allowTenant() {
    try (Admin admin = kafka.admin()) {
      TestKafka.get(admin.deleteAcls(List.of(ofTopic())).all());
      TestKafka.awaitThat(() -> admin.describeAcls(ofTopic()).values().get().isEmpty());
    }
  }

  /// Nobody may write; the test still may read.
  private List<AclBinding> acls() {
    return List.of(
        acl(AclOperation.WRITE, AclPermissionType.DENY),
        acl(AclOperation.READ, AclPermissionType.ALLOW));
  }

  private AclBinding acl(AclOperation operation, AclPermissionType permission) {
    return new AclBinding(
        new ResourcePattern(ResourceType.TOPIC, prefix + REFUSED_TENANT, PatternType.LITERAL),
        new AccessControlEntry("User:ANONYMOUS", "*", operation, permission));
  }

  private AclBindingFilter ofTopic() {
    return new AclBindingFilter(
        new ResourcePatternFilter(ResourceType.TOPIC, prefix + REFUSED_TENANT, PatternType.LITERAL),
        AccessControlEntryFilter.ANY);
  }
}
