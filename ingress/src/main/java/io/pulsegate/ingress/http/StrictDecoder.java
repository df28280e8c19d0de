package io.pulsegate.ingress.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.impl.VertxHttpRequestDecoder;
import java.util.List;
import java.util.Set;

/// Vert.x' decoder, which also refuses other versions of HTTP, as Vert.x would answer them without
/// a word of ours, and folded header lines (RFC 9112, section 5.2). Netty joins them and has no
/// setting against it, and what a proxy in front takes for another header, or for none, must not be
/// a header here.
///
/// Looks at the bytes that Netty has taken for a request's head: the lines of one are consumed
/// before anything of its body is.
final class StrictDecoder extends VertxHttpRequestDecoder {
  /// Its name in Vert.x' pipeline.
  static final String NAME = "httpDecoder";

  private static final Set<HttpVersion> SPOKEN = Set.of(HttpVersion.HTTP_1_0, HttpVersion.HTTP_1_1);

  /// A request in a version that is not spoken here; the message is the version.
  static final class UnspokenVersionException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    UnspokenVersionException(String version) {
      super(version);
    }
  }

  private boolean inHead = true;
  private boolean afterLineFeed;
  private boolean folded;
  private boolean refused;

  StrictDecoder(HttpServerOptions options) {
    super(options);
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf buffer, List<Object> out)
      throws Exception {
    if (refused) {
      buffer.skipBytes(buffer.readableBytes());
      return;
    }
    int from = buffer.readerIndex();
    int before = out.size();
    super.decode(context, buffer, out);
    if (inHead) {
      lookForFolds(buffer, from, buffer.readerIndex());
    }
    for (int i = before; i < out.size(); i++) {
      note(out.get(i));
    }
  }

  private void lookForFolds(ByteBuf buffer, int from, int to) {
    if (to == from) {
      return;
    }
    folded |= afterLineFeed && isBlank(buffer.getByte(from));
    int at = buffer.indexOf(from, to, (byte) '\n');
    while (at >= 0 && at + 1 < to) {
      folded |= isBlank(buffer.getByte(at + 1));
      at = buffer.indexOf(at + 1, to, (byte) '\n');
    }
    afterLineFeed = at >= 0;
  }

  private static boolean isBlank(byte b) {
    return b == ' ' || b == '\t';
  }

  private void note(Object decoded) {
    if (decoded instanceof HttpRequest request) {
      inHead = false;
      if (request.decoderResult().isSuccess() && !SPOKEN.contains(request.protocolVersion())) {
        request.setDecoderResult(
            DecoderResult.failure(new UnspokenVersionException(request.protocolVersion().text())));
        request.setProtocolVersion(HttpVersion.HTTP_1_1);
        refused = true;
      }
      if (folded && request.decoderResult().isSuccess()) {
        request.setDecoderResult(
            DecoderResult.failure(new IllegalArgumentException("a folded header line")));
        refused = true;
      }
    }
    if (decoded instanceof LastHttpContent) {
      inHead = true;
      afterLineFeed = false;
      folded = false;
    }
  }
}
