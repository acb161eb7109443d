namespace RayOrleans.Runtime;

/// <summary>Frames for calls that run in place of being waited for; one spare per thread.</summary>
internal static class InlineFrames
{
    [ThreadStatic]
    private static (NodeServices Node, WorkerFrame Frame)? t_spare;

    public static WorkerFrame Rent(NodeServices node)
    {
        if (t_spare is { } spare && ReferenceEquals(spare.Node, node))
        {
            t_spare = null;
            t_node = node;
            return spare.Frame;
        }

        t_node = node;
        return new WorkerFrame(node);
    }

    public static void Return(WorkerFrame frame)
    {
        frame.End();
        t_spare = (t_node!, frame);
    }

    [ThreadStatic]
    private static NodeServices? t_node;
}
