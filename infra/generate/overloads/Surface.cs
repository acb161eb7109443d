namespace RayOrleans.Overloads;

/// <summary>A place that the overloads are written for: the static façade, the targets of calls, or actor handles.</summary>
/// <param name="File">The start of the generated files' names.</param>
/// <param name="Opening">The lines that open the type.</param>
/// <param name="Closing">The lines that close it.</param>
/// <param name="Modifiers">The modifiers of its members.</param>
/// <param name="Submit">What submits a task; the result's type follows.</param>
/// <param name="SubmitStream">What submits a stream; the item's type follows.</param>
/// <param name="Receiver">The function's first parameter, where the call supplies it.</param>
/// <param name="Most">The most arguments besides that.</param>
internal sealed record Surface(
    string File, string[] Opening, string[] Closing, string Modifiers, string Submit, string SubmitStream, string? Receiver, int Most)
{
    public static readonly Surface Static = new(
        "Ray",
        ["/// <content>Calls on the ambient runtime.</content>", "public static partial class Ray", "{"],
        ["}"],
        "public static",
        "RayAmbient.Required.Submit",
        "RayAmbient.Required.SubmitStream",
        Receiver: null,
        Most: 4);

    public static readonly Surface Target = new(
        "RemoteTargetExtensions",
        [
            "/// <content>Calls on a runtime or on options.</content>",
            "public static partial class RemoteTargetExtensions", "{", "    extension(IRemoteTarget target)", "    {",
        ],
        ["    }", "}"],
        "public",
        "target.Submit",
        "target.SubmitStream",
        Receiver: null,
        Most: 4);

    public static readonly Surface Handle = new(
        "ActorHandleOfT",
        ["/// <content>Calls of the actor.</content>", "public sealed partial class ActorHandle<TActor>", "{"],
        ["}"],
        "public",
        "Runtime.SubmitActorCall",
        "Runtime.SubmitActorStream",
        Receiver: "TActor",
        Most: 3);

    public string Indent => new(' ', 4 * Opening.Count(line => line.TrimStart() == "{"));

    /// <summary>How a call starts its list of arguments.</summary>
    public string CallStart => Receiver is null ? "" : "this, ";
}
