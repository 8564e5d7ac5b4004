/** Every operation type: a new one has its line here. */
import { addAudioClip } from "./audio/addAudioClip.js";
import { addAudioLayer } from "./audio/addAudioLayer.js";
import { deleteAudioClip } from "./audio/deleteAudioClip.js";
import { deleteAudioLayer } from "./audio/deleteAudioLayer.js";
import { reorderAudioClip } from "./audio/reorderAudioClip.js";
import { reorderAudioLayer } from "./audio/reorderAudioLayer.js";
import { updateAudioClip } from "./audio/updateAudioClip.js";
import { updateAudioLayer } from "./audio/updateAudioLayer.js";
import { addElement } from "./elements/addElement.js";
import { deleteElement } from "./elements/deleteElement.js";
import { editText } from "./elements/editText.js";
import { extendStroke } from "./elements/extendStroke.js";
import { moveElement } from "./elements/moveElement.js";
import { reorderElement } from "./elements/reorderElement.js";
import { resizeElement } from "./elements/resizeElement.js";
import { rotateElement } from "./elements/rotateElement.js";
import { updateElementProps } from "./elements/updateElementProps.js";
import { addPage } from "./pages/addPage.js";
import { clearPage } from "./pages/clearPage.js";
import { deletePage } from "./pages/deletePage.js";
import { reorderPages } from "./pages/reorderPages.js";
import { updateCanvas } from "./pages/updateCanvas.js";
import { updatePage } from "./pages/updatePage.js";
import type { AnyDefinition } from "./definition.js";
import type { OperationType } from "./operation.js";

export const definitions: Readonly<Record<OperationType, AnyDefinition>> = {
  ADD_ELEMENT: addElement,
  MOVE_ELEMENT: moveElement,
  RESIZE_ELEMENT: resizeElement,
  ROTATE_ELEMENT: rotateElement,
  UPDATE_ELEMENT_PROPS: updateElementProps,
  DELETE_ELEMENT: deleteElement,
  REORDER_ELEMENT: reorderElement,
  EDIT_TEXT: editText,
  EXTEND_STROKE: extendStroke,
  ADD_PAGE: addPage,
  UPDATE_PAGE: updatePage,
  DELETE_PAGE: deletePage,
  REORDER_PAGES: reorderPages,
  CLEAR_PAGE: clearPage,
  UPDATE_CANVAS: updateCanvas,
  ADD_AUDIO_LAYER: addAudioLayer,
  UPDATE_AUDIO_LAYER: updateAudioLayer,
  DELETE_AUDIO_LAYER: deleteAudioLayer,
  REORDER_AUDIO_LAYER: reorderAudioLayer,
  ADD_AUDIO_CLIP: addAudioClip,
  UPDATE_AUDIO_CLIP: updateAudioClip,
  DELETE_AUDIO_CLIP: deleteAudioClip,
  REORDER_AUDIO_CLIP: reorderAudioClip,
};
