using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Text.Json;
using Microsoft.AspNetCore.Connections;
using Orleans.Runtime.Messaging;

namespace RayOrleans.Grains;

/// <summary>
/// Answers on the gateway's port, before Orleans reads anything, to those who ask how to join: so a node has one address, and any node of a
/// cluster can be joined through. What does not begin with the question's bytes goes on to Orleans untouched. Thread-safe.
/// </summary>
internal sealed class JoinResponder(JoinInfo info) : IConnectionMiddleware
{
    /// <summary>The question. As the length of an Orleans preamble it would be over every limit.</summary>
    public static ReadOnlySpan<byte> Question => "RAYJOIN1"u8;

    private static readonly TimeSpan HangUpTimeout = TimeSpan.FromSeconds(5);

    private readonly byte[] _answer = JsonSerializer.SerializeToUtf8Bytes(info, JoinInfoJson.Default.JoinInfo);

    public async Task OnConnectionAsync(ConnectionContext context, ConnectionDelegate next)
    {
        if (await FirstBytes.AreAsync(context.Transport.Input, Question.ToArray()).ConfigureAwait(false))
        {
            await AnswerAsync(context).ConfigureAwait(false);
            return;
        }

        await next(context).ConfigureAwait(false);
    }

    private async Task AnswerAsync(ConnectionContext context)
    {
        byte[] length = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, _answer.Length);
        await context.Transport.Output.WriteAsync(length).ConfigureAwait(false);
        await context.Transport.Output.WriteAsync(_answer).ConfigureAwait(false);

        // The connection is torn down when this returns, with what has not reached the socket yet; so the one who asked hangs up first.
        PipeReader input = context.Transport.Input;
        using CancellationTokenSource limit = new(HangUpTimeout);
        try
        {
            ReadResult read = await input.ReadAtLeastAsync(Question.Length + 1, limit.Token).ConfigureAwait(false);
            input.AdvanceTo(read.Buffer.End);
        }
        catch (Exception e) when (e is OperationCanceledException or ConnectionResetException or IOException)
        {
            // It has gone some other way, or never will: either ends the connection.
        }
    }
}
