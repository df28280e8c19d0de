package io.pulsegate.bench.jmh;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// An asynchronous request that is complete when [#complete] says so.
final class StubAsync implements AsyncContext {
  private final AsyncEvent completion = new AsyncEvent(this);
  private @Nullable AsyncListener listener;

  @Override
  public void addListener(AsyncListener added) {
    listener = added;
  }

  @Override
  public void complete() {
    if (listener == null) {
      throw new IllegalStateException("nobody listens");
    }
    try {
      listener.onComplete(completion);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    listener = null;
  }

  @Override
  public ServletRequest getRequest() {
    throw new UnsupportedOperationException();
  }

  @Override
  public ServletResponse getResponse() {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean hasOriginalRequestAndResponse() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void dispatch() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void dispatch(String path) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void dispatch(ServletContext context, String path) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void start(Runnable run) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void addListener(AsyncListener added, ServletRequest request, ServletResponse response) {
    throw new UnsupportedOperationException();
  }

  @Override
  public <T extends AsyncListener> T createListener(Class<T> type) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void setTimeout(long millis) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long getTimeout() {
    throw new UnsupportedOperationException();
  }
}
