using RayOrleans.Runtime.Wire;
using RayOrleans.Serialization;

namespace RayOrleans.Runtime.Processes;

/// <summary>Questions of a process and their answers as values; an exception comes back as what it was.</summary>
internal static class NodeAnswer
{
    private const byte Value = 0;
    private const byte Error = 1;

    /// <summary>At the node: the answer's bytes.</summary>
    public static async ValueTask<byte[]> OfAsync<T>(NodeServices node, Func<ValueTask<T>> answer)
    {
        try
        {
            return [Value, .. node.Serializer.SerializeToArray(await answer().ConfigureAwait(false), null)];
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Whoever asked gets it.
            return [Error, .. node.Serializer.SerializeToArray(PackedCause.Of(e, node.Serializer), null)];
        }
    }

    /// <summary>At the node: what a question says.</summary>
    public static T Read<T>(NodeServices node, ReadOnlyMemory<byte> question) => node.Serializer.Deserialize<T>(new ArraySource(question.ToArray()), null);

    /// <summary>In the process: asks.</summary>
    public static async ValueTask<TAnswer> AskAsync<TQuestion, TAnswer>(NodeServices node, NodeRequest kind, TQuestion question, CancellationToken cancellationToken)
    {
        byte[] answer = await node.Link!.AskAsync(kind, node.Serializer.SerializeToArray(question, null), cancellationToken).ConfigureAwait(false);
        return answer[0] == Value
            ? Read<TAnswer>(node, answer.AsMemory(1))
            : throw Read<PackedCause>(node, answer.AsMemory(1)).Unpack(node.Serializer);
    }
}
