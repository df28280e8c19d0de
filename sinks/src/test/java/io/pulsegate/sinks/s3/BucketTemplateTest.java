package io.pulsegate.sinks.s3;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.api.TenantId;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BucketTemplateTest {
  @Test
  void takesTheTableBeforeTheTemplate() {
    var buckets = new BucketTemplate("events-{tenant}", Map.of("acme", "of-acme"));

    assertThat(buckets.of(new TenantId("acme"))).hasValue("of-acme");
    assertThat(buckets.of(new TenantId("shop.1"))).hasValue("events-shop.1");
    assertThat(buckets.isPerTenant()).isTrue();
    assertThat(new BucketTemplate("events", Map.of()).isPerTenant()).isFalse();
  }

  @Test
  void makesNoNameOfAnIdThatIsNoneAsItStands() {
    var buckets = new BucketTemplate("events-{tenant}", Map.of());

    assertThat(buckets.of(new TenantId("Acme"))).isEmpty();
    assertThat(buckets.of(new TenantId("a_b"))).isEmpty();
    assertThat(buckets.of(new TenantId("a-"))).isEmpty();
    assertThat(buckets.of(new TenantId("a".repeat(57)))).isEmpty();
  }
}
