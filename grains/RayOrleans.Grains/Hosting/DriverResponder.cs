using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Orleans.Runtime.Messaging;
using RayOrleans.Runtime.Drivers;

namespace RayOrleans.Grains;

/// <summary>Takes drivers from elsewhere on the gateway's port, before Orleans reads anything. What does not begin with their question goes on untouched. Thread-safe.</summary>
/// <param name="port">The node's port for them; null: it takes none, or has not started.</param>
internal sealed class DriverResponder(Func<RemotePort?> port) : IConnectionMiddleware
{
    public async Task OnConnectionAsync(ConnectionContext context, ConnectionDelegate next)
    {
        PipeReader input = context.Transport.Input;
        if (!await FirstBytes.AreAsync(input, RemoteHandshake.Question.ToArray()).ConfigureAwait(false))
        {
            await next(context).ConfigureAwait(false);
            return;
        }

        ReadResult read = await input.ReadAtLeastAsync(RemoteHandshake.Question.Length).ConfigureAwait(false);
        input.AdvanceTo(read.Buffer.GetPosition(RemoteHandshake.Question.Length));
        if (port() is { } drivers)
        {
            await drivers.ServeAsync(input.AsStream(leaveOpen: true), context.Transport.Output.AsStream(leaveOpen: true)).ConfigureAwait(false);
        }
    }
}
