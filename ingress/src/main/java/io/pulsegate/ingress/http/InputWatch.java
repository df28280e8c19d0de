package io.pulsegate.ingress.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;

/// Tells the peer that its client will send nothing more. The client may still read, such as one
/// that shuts down its output behind the last request (`nc -N`): it gets its reply.
final class InputWatch extends ChannelInboundHandlerAdapter {
  private final Peer peer;

  InputWatch(Peer peer) {
    this.peer = peer;
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
    super.userEventTriggered(context, event);
    if (event instanceof ChannelInputShutdownEvent) {
      peer.inputEnded();
    }
  }
}
