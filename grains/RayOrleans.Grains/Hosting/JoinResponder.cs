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

    private readonly byte[] _answer = JsonSerializer.SerializeToUtf8Bytes(info, JoinInfoJson.Default.JoinInfo);

    public async Task OnConnectionAsync(ConnectionContext context, ConnectionDelegate next)
    {
        if (await IsQuestionAsync(context.Transport.Input).ConfigureAwait(false))
        {
            byte[] length = new byte[sizeof(int)];
            BinaryPrimitives.WriteInt32LittleEndian(length, _answer.Length);
            await context.Transport.Output.WriteAsync(length).ConfigureAwait(false);
            await context.Transport.Output.WriteAsync(_answer).ConfigureAwait(false);
            await context.Transport.Output.CompleteAsync().ConfigureAwait(false);
            await context.Transport.Input.CompleteAsync().ConfigureAwait(false);
            return;
        }

        await next(context).ConfigureAwait(false);
    }

    private static async ValueTask<bool> IsQuestionAsync(PipeReader input)
    {
        while (true)
        {
            ReadResult read = await input.ReadAsync().ConfigureAwait(false);
            ReadOnlySequence<byte> buffer = read.Buffer;
            byte[] start = buffer.Slice(0, Math.Min(Question.Length, buffer.Length)).ToArray();
            bool fits = Question.StartsWith(start);
            if (fits && start.Length < Question.Length && !read.IsCompleted)
            {
                input.AdvanceTo(buffer.Start, buffer.End);
                continue;
            }

            // Nothing counts as seen, so whoever reads next gets it at once.
            input.AdvanceTo(buffer.Start, buffer.Start);
            return fits && start.Length == Question.Length;
        }
    }
}
