using Microsoft.Extensions.Hosting;

namespace RayOrleans.Grains;

/// <summary>The lifetime of a host inside somebody's program: signals are that program's, so nothing is listened for.</summary>
internal sealed class EmbeddedLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
