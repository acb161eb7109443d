using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace RayOrleans;

/// <summary>Hands out references in the order in which they complete.</summary>
internal static class CompletionOrder
{
    public static async IAsyncEnumerable<ObjectRef<T>> Read<T>(
        ReferenceView<ObjectRef<T>> references, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        // Every reference writes once, so the channel never holds more than the list does.
        Channel<ObjectRef<T>> completed = Channel.CreateUnbounded<ObjectRef<T>>(new UnboundedChannelOptions { SingleReader = true });
        foreach (ObjectRef<T> reference in references)
        {
            if (reference.IsCompleted)
            {
                completed.Writer.TryWrite(reference);
            }
            else
            {
                reference.GetAwaiter().UnsafeOnCompleted(() => completed.Writer.TryWrite(reference));
            }
        }

        for (int i = 0; i < references.Count; i++)
        {
            yield return await completed.Reader.ReadAsync(cancellationToken);
        }
    }
}
