using Microsoft.Extensions.Hosting;

namespace RayOrleans;

/// <summary>A runtime that lives as long as its host: there before any hosted service starts, gone after the last has stopped.</summary>
internal abstract class HostedRuntime(HostedRay ray) : IHostedLifecycleService
{
    public async Task StartingAsync(CancellationToken cancellationToken) => ray.Attach(await StartRuntimeAsync(cancellationToken).ConfigureAwait(false));

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => ray.DisposeAsync().AsTask().WaitAsync(cancellationToken);

    protected abstract Task<IRay> StartRuntimeAsync(CancellationToken cancellationToken);
}
